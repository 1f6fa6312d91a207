import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const service = process.env.SERVICE ?? "http://127.0.0.1:8420";

// The service answers with a policy that allows no inline script, no inline style and no other address:
// nothing is inlined, and the polyfill for modulepreload, which would be a script of its own, stays out.
export default defineConfig({
  plugins: [svelte()],
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
