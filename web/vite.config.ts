import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

import { guidePages } from "./guide-pages.ts";

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

/** Whether the first view needs a module: without this, what pages share would come in a dozen files of a few hundred bytes. */
function comesFirst(id: string, graph: { getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null }, seen = new Set<string>()): boolean {
  const module = graph.getModuleInfo(id);
  if (!module || seen.has(id)) return false;
  seen.add(id);
  return module.isEntry || module.importers.some((importer) => comesFirst(importer, graph, seen));
}

// The service answers with a policy that allows no inline script, no inline style and no other address:
// nothing is inlined, and the polyfill for modulepreload, which would be a script of its own, stays out.
export default defineConfig({
  plugins: [plainLinesOnly(), svelte(), guidePages()],
  base: "/",
  build: {
    outDir: "../src/unmask/service/page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ debugName: "first", name: (id, graph) => (comesFirst(id, graph) ? "first" : null) }] } } },
    target: "es2022",
    reportCompressedSize: true,
  },
  server: { proxy: { "/v1": { target: service, changeOrigin: true, headers: { origin: service } } } },
});
