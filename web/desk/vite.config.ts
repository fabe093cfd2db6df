import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// Vite builds another page where the shell that calls it says something else.
process.env.NODE_ENV = 'production'

/**
 * The same bytes from the same sources wherever they lie, under names that stay, and not minified: what the desk serves
 * can be read, and its digests stand in the bundle.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  mode: 'production',
  envDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    minify: false,
    cssMinify: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      // Names of folders of the machine that builds.
      experimental: { attachDebugInfo: 'none' },
      output: { entryFileNames: 'desk.js', chunkFileNames: '[name].js', assetFileNames: 'desk[extname]' },
    },
  },
})
