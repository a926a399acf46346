import { defineConfig } from "vite";

/** The reading room as static files in dist/web, served by `marrow serve`. Nothing is inlined: the server's content security policy allows no inline code. */
export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
