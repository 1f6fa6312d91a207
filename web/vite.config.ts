import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const service = process.env.SERVICE ?? "http://127.0.0.1:8420";

/** uPlot hangs every way of drawing a line on itself, so that none falls away by itself; the page draws plain lines only. */
function plainLinesOnly(): Plugin {
  const others = /\(paths\.(bars|spline|stepped|spline2)\s*= \w+\);/g;
  return {
    name: "plain-lines-only",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("uPlot.esm.js")) return null;
      if (!others.test(code)) throw new Error("uPlot is another than vite.config.ts knows: look at plainLinesOnly");
      return { code: code.replace(others, ""), map: null };
    },
  };
}

// The service answers with a policy that allows no inline script, no inline style and no other address:
// nothing is inlined, and the polyfill for modulepreload, which would be a script of its own, stays out.
export default defineConfig({
  plugins: [plainLinesOnly(), svelte()],
  base: "/",
  build: {
    outDir: "../src/unmask/service/page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    reportCompressedSize: true,
  },
  server: { proxy: { "/v1": { target: service, changeOrigin: true, headers: { origin: service } } } },
});
