/** Bytes in and out. @since 0.3.0 */
export * as Files from "./writeWhole.ts"
