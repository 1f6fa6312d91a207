import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    cssHash: ({ hash, css }) => `s${hash(css).slice(0, 4)}`, // long ones are hundreds of bytes that no packing makes smaller
  },
};
