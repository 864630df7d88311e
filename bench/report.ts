/**
 * docs/PERFORMANCE.md from the lines of `--json`: no number in it is typed by hand.
 */
import { about, configurations, PREDICTED_ROWS } from "./configurations.ts"
import { isKernel, isMemory, isRow, isScaling, type Line } from "./lines.ts"
import { machineText } from "./machine.ts"
import { PROBE } from "./probe.ts"
import { markdown, tablesOf } from "./table.ts"

const section = (title: string, text: string, lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [`## ${title}`, text, ...tablesOf(lines).map(markdown)]

const named = (rows: ReadonlyArray<Line>): string =>
  configurations
    .filter(({ name }) => rows.filter(isRow).some(({ config }) => config === name))
    .map((one) => `- **${one.name}**: ${about(one)}`)
    .join("\n")

/** What was measured on one machine, or under one set of flags. */
const onMachine = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const rows = lines.filter(isRow)
  return [
    ...section(
      "Against PyTorch",
      `A training step (forward, KL, backward, Adam; one batch) and a draw of the weights with the outputs of ` +
        `${PREDICTED_ROWS.toLocaleString("en")} rows under it. Networks are fully connected with relu between the ` +
        `layers, unless said otherwise:\n\n${named(rows)}\n\n` +
        "Each side runs in processes of its own with as many threads as there are cores, and with one; of PyTorch each " +
        'mode ("compiled" is `torch.compile` of the loss, "fused" is `Adam(fused=True)`). All of them take turns in a ' +
        "short trial, whose least times stand below, and the best of each side take turns against each other, whose " +
        "medians and least times are these. " +
        `The probe is the product ${PROBE} on one thread, as machines change their speed; "busy" is the share of all ` +
        "cores at work while both sides are silent, which is others' load.",
      rows
    ),
    ...section(
      "Kernels",
      "Each on one thread, the least time of many. Products count a multiplication and an addition as two operations.",
      lines.filter(isKernel)
    ),
    ...section(
      "Scaling",
      "A training step of 784 inputs, two hidden layers of a width, and 10 classes.",
      lines.filter(isScaling)
    ),
    ...section(
      "Memory",
      "The most memory that a process had which trained on synthetic batches.",
      lines.filter(isMemory)
    )
  ]
}

/** The document, one machine (or set of Node's flags) after the other. Throws where there is nothing to report. */
export const report = (lines: ReadonlyArray<Line>): string => {
  const machines = Map.groupBy(lines, ({ machine }) => machineText(machine))
  if (machines.size === 0) throw new Error("no line of --json to report")
  const parts = [
    "# Performance",
    "Written by `npm run bench -- --write FILE` from the lines of `npm run bench -- --all --json`, which measure this " +
      "library and PyTorch in turns in one run. " +
      "A ratio is PyTorch's median over ours: above 1 we are faster. The peer is `bench/torch_peer.py`.",
    ...[...machines].flatMap(([text, measured]) => [text, ...onMachine(measured)])
  ]
  return `${parts.join("\n\n")}\n`
}
