/**
 * What can go wrong, as tagged errors: each says what was wrong, where, and what to do.
 *
 * Pure functions throw `ShapeError` and `ConfigError` (a programmer's mistakes); Effects carry errors in their type.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/** Where, what was expected, what was there, and what to do. */
const misfit = (
  where: string,
  { expected, actual, hint }: { readonly expected: string; readonly actual: string; readonly hint?: string }
): string => `${where}: expected ${expected}, got ${actual}${hint === undefined ? "" : `. ${hint}`}`

/** A tensor or a record of tensors that does not fit. @category errors @since 0.1.0 */
export class ShapeError extends /*#__PURE__*/ Data.TaggedError("ShapeError")<{
  readonly where: string
  readonly expected: string
  readonly actual: string
  readonly hint?: string
}> {
  override get message(): string {
    return misfit(this.where, this)
  }
}

/** An option outside what it may be. @category errors @since 0.1.0 */
export class ConfigError extends /*#__PURE__*/ Data.TaggedError("ConfigError")<{
  readonly option: string
  readonly expected: string
  readonly actual: string
  readonly hint?: string
}> {
  override get message(): string {
    return misfit(this.option, this)
  }
}

/** Data that cannot be used, with its place: lines and columns count from 1. @category errors @since 0.1.0 */
export class DataError extends /*#__PURE__*/ Data.TaggedError("DataError")<{
  readonly source: string
  readonly problem: string
  readonly line?: number
  readonly column?: string
  readonly hint?: string
}> {
  override get message(): string {
    const line = this.line === undefined ? "" : `, line ${this.line}`
    const column = this.column === undefined ? "" : `, column "${this.column}"`
    const hint = this.hint === undefined ? "" : `. ${this.hint}`
    return `${this.source}${line}${column}: ${this.problem}${hint}`
  }
}

/**
 * A file of a model that cannot be written, read or gone on from.
 *
 * @category errors
 * @since 0.3.0
 */
export class CheckpointError extends /*#__PURE__*/ Data.TaggedError("CheckpointError")<{
  /** The file, or "the checkpoint" where there is none. */
  readonly source: string
  readonly problem: string
  readonly hint?: string
}> {
  override get message(): string {
    return `${this.source}: ${this.problem}${this.hint === undefined ? "" : `. ${this.hint}`}`
  }
}

/**
 * An engine that cannot go on computing.
 *
 * @category errors
 * @since 0.4.0
 */
export class EngineError extends /*#__PURE__*/ Data.TaggedError("EngineError")<{
  /** The engine, and which part of it. */
  readonly where: string
  readonly problem: string
  readonly hint?: string
}> {
  override get message(): string {
    return `${this.where}: ${this.problem}${this.hint === undefined ? "" : `. ${this.hint}`}`
  }
}

/** Throws a `ConfigError` unless `ok`. @category assertions @since 0.1.0 */
export const assertConfig = (ok: boolean, option: string, expected: string, actual: unknown): void => {
  if (!ok) throw new ConfigError({ option, expected, actual: String(actual) })
}
