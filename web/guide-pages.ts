/** The guides of docs/guide as pieces of the page: HTML that is made at the build, with no HTML of a guide's own in it. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import MarkdownIt, { type StateBlock, type Token } from "markdown-it";
import type { Plugin } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = "docs/guide";
const LARGEST_PICTURE_BYTES = 100_000;

interface Heading {
  id: string;
  words: string;
}
interface Page {
  title: string;
  headings: Heading[];
  html: string;
  /** Pictures that it shows, by the path in the repository. */
  pictures: string[];
}
export interface Emitted {
  fileName: string;
  source: string | Uint8Array;
}

/** `make page` writes them beside the page; the page's own server for development answers with them. */
export function guidePages(): Plugin {
  return {
    name: "guide-pages",
    buildStart() {
      for (const name of names()) this.addWatchFile(path.join(ROOT, FOLDER, `${name}.md`));
    },
    generateBundle() {
      for (const file of emitted()) this.emitFile({ type: "asset", ...file });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = emitted().find(({ fileName }) => `/${fileName}` === request.url?.split("?")[0]);
        if (file) response.end(file.source);
        else next();
      });
    },
  };
}

/** All files: one a guide, the list of them with the SHA-256 of what each was made of, and pictures. */
function emitted(): Emitted[] {
  const read = (name: string): string => readFileSync(path.join(ROOT, FOLDER, `${name}.md`), "utf8");
  const made = new Map(names().map((name) => [name, rendered(name, read(name))]));
  const entries = listed(read("README")).map(({ name, about }) => {
    const page = made.get(name);
    if (!page) throw new Error(`${FOLDER}/README.md lists ${name}.md, which is not there`);
    return { name, title: page.title, about, headings: page.headings };
  });
  const unlisted = [...made.keys()].filter((name) => !entries.some((entry) => entry.name === name));
  if (unlisted.length) throw new Error(`${FOLDER}/README.md does not list ${unlisted.join(", ")}`);
  const sources = Object.fromEntries(["README", ...names()].map((name) => [`${name}.md`, createHash("sha256").update(read(name)).digest("hex")]));
  const pictures = new Set([...made.values()].flatMap((page) => page.pictures));
  return [
    ...[...made].map(([name, page]) => ({ fileName: `guide/${name}.html`, source: page.html })),
    { fileName: "guide/guides.json", source: `${JSON.stringify({ guides: entries, sources }, null, 1)}\n` },
    ...[...pictures].map((file) => ({ fileName: `guide/${path.basename(file)}`, source: readFileSync(path.join(ROOT, file)) })),
  ];
}

function names(): string[] {
  const all = readdirSync(path.join(ROOT, FOLDER)).filter((file) => file.endsWith(".md") && file !== "README.md");
  return all.map((file) => file.slice(0, -3)).sort();
}

/** What the guide's own list says of each, in its order: `1. [Title](name.md): about`. */
function listed(readme: string): { name: string; about: string }[] {
  return [...readme.matchAll(/^\d+\. \[[^\]]+\]\(([\w-]+)\.md\): (.+)$/gm)].map(([, name, about]) => ({ name: name ?? "", about: about ?? "" }));
}

/** One guide. Its title stands above it, drawn by the page. */
export function rendered(name: string, markdown: string): Page {
  const made = new MarkdownIt({ html: false });
  made.block.ruler.before("blockquote", "doctest", doctest, { alt: ["paragraph"] });
  const inside = { name, headings: [] as Heading[], pictures: [] as string[] };
  const tokens = made.parse(markdown, {});
  const [open, title] = tokens;
  if (open?.tag !== "h1" || !title) throw new Error(`${FOLDER}/${name}.md does not begin with its title`);
  const rest = tokens.slice(3);
  rest.forEach((token, index) => {
    token.children = token.children?.flatMap((child) => piece(child, inside)) ?? null;
    if (token.type === "heading_open") anchor(token, rest[index + 1], inside);
    // An attribute `style` is what the service's policy forbids.
    if (token.attrGet("style")) token.attrs = [["class", String(token.attrGet("style")).replace(/^text-align:/, "to-the-")]];
  });
  made.renderer.rules.fence = made.renderer.rules.code_block = (all, index) =>
    `<pre tabindex="0"><code>${made.utils.escapeHtml(all[index]?.content ?? "")}</code></pre>\n`;
  made.renderer.rules.table_open = () => '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n';
  made.renderer.rules.table_close = () => "</table></div>\n";
  return { title: plain(title), headings: inside.headings, pictures: inside.pictures, html: made.renderer.render(rest, made.options, {}) };
}

/** Lines as Python's doctest reads them, from `>>>` to the next empty line; Markdown alone would take them for a quotation. */
function doctest(state: StateBlock, from: number, to: number, silent: boolean): boolean {
  const line = (at: number): string => state.src.slice(state.bMarks[at], state.eMarks[at]);
  if (!line(from).startsWith(">>> ")) return false;
  if (silent) return true;
  let end = from;
  while (end < to && line(end).trim()) end++;
  const token = state.push("code_block", "code", 0);
  token.content = `${Array.from({ length: end - from }, (_, index) => line(from + index)).join("\n")}\n`;
  token.map = [from, end];
  state.line = end;
  return true;
}

type Inside = { name: string; headings: Heading[]; pictures: string[] };

function anchor(heading: Token, content: Token | undefined, inside: Inside): void {
  const words = content ? plain(content) : "";
  const id = slug(words);
  heading.attrSet("id", `guide-${id}`);
  heading.attrSet("tabindex", "-1");
  if (heading.tag === "h2") inside.headings.push({ id, words });
}

/** As GitHub names headings, so that the links of the guides hold in both places. */
function slug(words: string): string {
  return words.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
}

function plain(inline: Token): string {
  return (inline.children ?? []).map((child) => child.content).join("");
}

const opened: string[] = [];

/** A piece of a line: links lead within the page or to another site, pictures are small or told. */
function piece(token: Token, inside: Inside): Token[] {
  if (token.type === "image") return [picture(token, inside)];
  if (token.type === "link_open") {
    opened.push(link(token, inside.name));
    return [token];
  }
  if (token.type !== "link_close") return [token];
  const source = opened.pop() ?? "";
  if (!source) return [token];
  token.tag = "span";
  return [token, written(token, ` (${source})`)];
}

/** Where a link leads now; a file that only the sources hold, and the page does not, is named behind the words instead. */
function link(token: Token, name: string): string {
  const target = String(token.attrGet("href"));
  const hash = /^https?:/.test(target) ? null : addressOf(target, name);
  if (hash) token.attrs = [["href", hash]];
  else if (hash === null) token.attrs = [["href", target], ["target", "_blank"], ["rel", "noreferrer"]];
  else {
    token.tag = "span";
    token.attrs = [["class", "source"]];
    return path.posix.join(FOLDER, target.split("#")[0] ?? "");
  }
  return "";
}

function addressOf(target: string, name: string): string {
  const [file, heading] = target.split("#");
  const place = file ? path.posix.join(FOLDER, file) : `${FOLDER}/${name}.md`;
  if (!existsSync(path.join(ROOT, place))) throw new Error(`${FOLDER}/${name}.md leads to ${target}, which is not there`);
  if (place === "docs/detectors.md") return "#/detectors";
  if (place === `${FOLDER}/README.md`) return "#/guide";
  const guide = /^docs\/guide\/([\w-]+)\.md$/.exec(place)?.[1];
  return guide ? `#/guide/${guide}${heading ? `/${heading}` : ""}` : "";
}

function picture(token: Token, inside: Inside): Token {
  const file = path.posix.join(FOLDER, String(token.attrGet("src")));
  if (statSync(path.join(ROOT, file)).size > LARGEST_PICTURE_BYTES) return written(token, `[${token.content}]`);
  inside.pictures.push(file);
  token.attrSet("src", `/guide/${path.basename(file)}`);
  return token;
}

/** Plain words in place of something. */
function written(like: Token, words: string): Token {
  const token = Object.assign(Object.create(Object.getPrototypeOf(like) as object), like) as Token;
  return Object.assign(token, { type: "text", tag: "", nesting: 0, attrs: null, children: null, content: words });
}
