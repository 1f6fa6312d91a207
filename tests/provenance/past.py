"""A picture that was signed when its signer's certificate still held; it ran out on the same day.

Such a file cannot be made when a test runs, only waited for. The keys that made it are gone.
"""

import base64
import zlib

_PICTURE = r"""
c-rlidsGzH9mi)MECj(9h)8|l`l!n8a(DK@?xseTmlC7Ls6?R^ygPGuXK`Q7%(D1E5i}Jr#)^uM8U-
p<sfZD1t8E%%t))>>6Vu8erf{MdO`_x&V@%U@W_Kl^(l#f5<(&C&hPn6h`~B{3e&64{l+BwvGcr6b9K*24%vovkxpy-Ego(M|lLp-=!!Z040;VkH-
}zprg<BrWy-5Q1Kx`N`v>3w<V}?D;CH@7@>TJ+zX28nX-^xq7OuVH@r`2f;2pE+Rl2EC&YPCwE-U^gD0vU~#B&63Fty~mIMljseKsd-ev8f6&45C@P+r
@Bp*sY+0+3#R+(|sMH0uF@VT2+Aa4zUEzP~Ct2_kyH|rZ98tUuF``9h15BYTmip7BpU0YYmJX{tyI>Ad5&R<F>LsNF%cix!4-
g1)a$1bvYrk%vOMChO<XNrB;FEq}^s`p<{vDOA~0}3J)rrPO+@Vl$b~qsO%n=P`PPaq6_&L!c8J3F=)^D?OD$L(Ml@xuwEKrn1~8~X&V2f`Hb7u?@PIG
sz4?x#1+Uzpx%!?OTE#M(Zn{eLwaHw^a)>cu}1U$tK`9)<tDX4&e&}(MCL(OZj$2w*DKX(C9Yivv?d*H0_q&OLhi8>d@h^;Qfm!H972oUVzKC;J_)xVi
yB%r2!JH+N24)ljU;YG7N|o8gp%|Yz1pJD0s<HbQcZBdtag_T(H`3F;&$wxiqB56l-
#7(D&!Qh+bA|Lrrkb9ZZat3gxleDx&mVx?e=;Yzng!U#~{M(BDocy0t&eW+3c=I6Mw1s?B~)8LArTX=CV|CKFH26r>rPQos&LYUR1=@>~yfs$pd#31sO
_3LKgPc_?w&Q?azdFOxXQusYBOwxr$p~#rqz}M}>sL%lLb$1~Dw8+1T+`2Xfh1Y83vZzlB`<j@Ec5blI((2>~58D?>qCrziQH7RPtBR~8Iv^0k~<b2&}
@`R2yErQ0Ig2o3q(rjP%=@$`~$ga?wduwKM320!7)fm1{{o;*c_1KOQ|BO#XanbzfVg<>JsIGJgMibAJHWw(<ipv56FXpmB;gM?Cx^m?TM5k@5+6(>jo
#0kjyW94y20@09l(|LB6)m=OA;qdXj%8A5sX9#*(O2sFXM>AHSGOAS?JKu?rZ?wWW402c}_^UHLk+(|xP8W*bMb#UQ4xZw?Z*P#&8p2CE3a9ni=dn8`@
v$o;s7UVhY|EtgQJtzHW98CwBH4~<yH37Vbl~~w*|R;@hF#YN;wt}3+$RrgF!W!~hf+xwzbuWTwibALHZQ2jO^B{DZ@his(3LUDq8%RwLQnl)DfjkhFl
^gDdos?@vp<rCJp0*?wnrcA+VpwCyLJn{bm7T~Z@##;nj#4kYiAt@L6yg4>(hi7rsxbd)RbUDJ>^>NEi-4PIL3F><@MQ;Yc-<DvExg!MGruU=pOg%-
Y*f0#Nuf2&M$D|lE%(E3!Gn>&;9DP{oC85AY2wU?d4e)rb{Ja@T__Sh>}UNq~Q?}>4nhgaiI8lkYUww5YI15B1ZLHj_2+XL^}~_=OhMWM@Hg$wHns|t=
6EybAnSX;JSvJ0^LBtM}xRP@Th*l{g)#RvN@+ve}-aFFja{tRFZ;8?`L%7D#Kb24n2|8(AZi0)-
PSZpEN4IWY4tn=$+YTnhuqM+dr|4F1r0bUbL%nyY=VfWb@e(hi8uL{MQiCk>?6tu3fhdtOXI=-
eaOfqHm;PfPumMYzRN&>JeHD#_;pO(imxUl_JiwC~<J>-cwsnFKS+$^g%}DJ}{2|^8{%uh$)U<l%=R$y?Sy)h3$ov69=W-
IaxmCZvlfzyn!q%K_&_b36)4?;oL|nD!rL27WFN^WEKX}#pAI*9=%E)Pd=ZbdYc$h)g6<tv#EXeov|V3mvyiDD92Y<B94z4G=gq<eeL$Q<(+#D7@8#&*
&7bL{;)gQcPuJxD>dR_wy2$x{XOnk9h6>sJ?m$$6of^smqo}t|G2yCTE;IX_LE*SkUDW7HlWV1e(KO}H~SRHHT)ERB>DI1r-
6kp&%e9Ll=juJh?j1Mf1E#jZmlf8yDayXd}`|aoOiL%i;F5!Z|}<)JmC*-
ln*yc>ZIL09nl{gtvve)785zypg&)01tb{Wt9uxbaWApxG4(~VKI#uFZczR84fEHxeE5vxx#KavD>tWJt*<(I{AuFe>kwC-iCHzc{(|)&weC+N8*i-
sY_U<kcW7mD?8>UPSH<y!Z?Ai0PsMLfd~vYTp*S>SbB84}Y{&9>H$d~IPe*26uIB&qWKUUz2?z)X2nYxW2nYxW2nYxW2nYxW2nYxW2nYxW2nYxW2nYxW
2nYxW{QulvoP79*@4-w>edMK{hK=E4PG#ZaOD^S(8~U5#Ep-
){pFUW8fA5Vq@B1Q~#dBKEy#PnAP?VItGef@e*W0?*=w3msprtidfng#dGtIn^3b}GhEyBQ1vHI?Y#;A>r`AZ*Emx;bUSG>lWJVUd8-
>8di5jSnJdm72ZT>~vE+i%Suu8g2Ay;QZ8g2@#vC$^;xlH@d9IWRFN_F~Nu)uc;r6~{QeQ_EsxO;r8t%qFlu{ijQwui5a!bNw!rxhi>Q$_ewL@-
6kea+&FK(;8Bimiz~uG%!H
"""
_ANCHORS = r"""
c-
m!B$+Fro5WM><a;GSkX9650OR|M6KjZ~3H!mPBfNdTi<F5~pLz0&{O?CB5b@$A8{49udYX8u%<55C2;NcfIRv4vl@H7pCt^krkAgGUqMx+;FAEVQ(gLz
=w2A2}<#I2N?h^X1bbf~8I$(ITn@Qy*IgPD&tA(;~vMH<4d*o8a_?J08_se=gZI7bK)ve(Hq)B7VOu*g2RP_ondo+Gd)a{90<+_Q>F8*!Blo8*a2|6u;
`!Wd#b@qh<~y@Q}(3c@=z3T86Zec|h5$PrE$6mLa9O6R*GYHaT52baNnN!BSvU43pjg;0p@ch4Y{wg!M(qDklLT5un%`Jq+SPquWccz?}6H|g!gauam$
q_n%G6|D<(UwKPwjso*+F7%#lFYeuI)G)?3ckP_&RomWLq1st9k7SI1`?6p-
3@YHT!WsfP;Kl?93>i>g@^d6HoJjsk8o~<X?*Xo2BDi0e3%9V+S_|Yz`RWt3tO=SYxA3xL(vZ)@ooV&-BuNAQA%Ew-POAKMQ{+e>9YBTkILv-
x!HjftOPcevjzJ8E_TdRLDX*$dc8ksFXlwhj(G+UbBmJ?wV$&?|+xuqXsHtThtQlR^c`wRsSmoU&IUnaIuDpK_+vxv)`~}?c+Lr
"""


def signed_in_the_past() -> bytes:
    """The picture, a PNG file."""
    return zlib.decompress(base64.b85decode(_PICTURE.replace("\n", "")))


def anchors_of_the_past() -> bytes:
    """The root to which its signer's certificate leads, in PEM form."""
    return zlib.decompress(base64.b85decode(_ANCHORS.replace("\n", "")))
