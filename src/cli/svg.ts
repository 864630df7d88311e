/** Pictures as SVG text: lines over x, with bands behind them and points among them. */

/** What is drawn: every line and band has one value for each x. */
export interface Plot {
  readonly title: string
  readonly subtitle: string
  readonly xLabel: string
  readonly yLabel: string
  readonly x: ReadonlyArray<number>
  readonly lines: ReadonlyArray<{ readonly label: string; readonly y: ReadonlyArray<number> }>
  /** From the widest to the narrowest. */
  readonly bands: ReadonlyArray<{
    readonly label: string
    readonly lower: ReadonlyArray<number>
    readonly upper: ReadonlyArray<number>
  }>
  readonly points: ReadonlyArray<readonly [x: number, y: number]>
}

const WIDTH = 760
const HEIGHT = 480
const MARGIN = { left: 56, right: 20, top: 88, bottom: 46 }
const BAND_COLOURS = ["#cfe0f4", "#8fb8e6"] as const
const LINE_COLOURS = ["#0b4f9e", "#c2410c"] as const
const POINT_COLOUR = "#c2410c"

/** About `count` round numbers between two values. */
const ticks = (low: number, high: number, count: number): ReadonlyArray<number> => {
  const rough = (high - low) / count
  const sizes = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1e3, 1e4, 1e5].flatMap((s) => [s, 2 * s, 5 * s])
  const size = sizes.find((s) => s >= rough) ?? rough
  const first = Math.ceil(low / size - 1e-9)
  const last = Math.floor(high / size + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * size).toPrecision(12)))
}

const text = (x: number, y: number, content: string, attributes: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`

export const render = (plot: Plot): string => {
  const ys = [
    ...plot.bands.flatMap((band) => [...band.lower, ...band.upper]),
    ...plot.lines.flatMap((line) => line.y),
    ...plot.points.map(([, y]) => y)
  ]
  const x0 = plot.x[0]!
  const x1 = plot.x.at(-1)!
  const y0 = ys.reduce((a, b) => Math.min(a, b))
  const y1 = ys.reduce((a, b) => Math.max(a, b))
  const px = (x: number): number => MARGIN.left + ((x - x0) / (x1 - x0)) * (WIDTH - MARGIN.left - MARGIN.right)
  const py = (y: number): number =>
    HEIGHT - MARGIN.bottom - ((y - y0) / (y1 - y0)) * (HEIGHT - MARGIN.top - MARGIN.bottom)
  const path = (values: ReadonlyArray<number>): ReadonlyArray<string> =>
    values.map((y, i) => `${px(plot.x[i]!).toFixed(1)},${py(y).toFixed(1)}`)

  const grid = [
    ...ticks(x0, x1, 8).map((x) => {
      const at = px(x).toFixed(1)
      const line = `<line x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}" stroke="#eceff3"/>`
      return line + text(px(x), HEIGHT - MARGIN.bottom + 18, String(x), 'text-anchor="middle"')
    }),
    ...ticks(y0, y1, 7).map((y) => {
      const at = py(y).toFixed(1)
      const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#eceff3"/>`
      return line + text(MARGIN.left - 8, py(y) + 4, String(y), 'text-anchor="end"')
    }),
    text((px(x0) + px(x1)) / 2, HEIGHT - 8, plot.xLabel, 'text-anchor="middle"'),
    `<g transform="translate(14, ${((py(y0) + py(y1)) / 2).toFixed(1)}) rotate(-90)">${text(0, 0, plot.yLabel, 'text-anchor="middle"')}</g>`
  ]
  const bands = plot.bands.map(({ lower, upper }, i) => {
    const outline = [...path(upper), ...path(lower).toReversed()].join(" ")
    return `<polygon points="${outline}" fill="${BAND_COLOURS[i % BAND_COLOURS.length]}"/>`
  })
  const points = plot.points.map(
    ([x, y]) =>
      `<circle cx="${px(x).toFixed(1)}" cy="${py(y).toFixed(1)}" r="1.6" fill="${POINT_COLOUR}" fill-opacity="0.35"/>`
  )
  const lines = plot.lines.map(
    ({ y }, i) =>
      `<polyline points="${path(y).join(" ")}" fill="none" stroke="${LINE_COLOURS[i % LINE_COLOURS.length]}" stroke-width="2"/>`
  )

  const entries = [
    ...(plot.points.length === 0
      ? []
      : [{ label: "data", mark: `<circle cx="11" cy="-4" r="3" fill="${POINT_COLOUR}"/>` }]),
    ...plot.lines.map(({ label }, i) => ({
      label,
      mark: `<line x1="0" x2="22" y1="-4" y2="-4" stroke="${LINE_COLOURS[i % LINE_COLOURS.length]}" stroke-width="2"/>`
    })),
    ...plot.bands.map(({ label }, i) => ({
      label,
      mark: `<rect y="-10" width="22" height="12" fill="${BAND_COLOURS[i % BAND_COLOURS.length]}"/>`
    }))
  ]
  const legend = entries.map(
    ({ label, mark }, i) =>
      `<g transform="translate(${MARGIN.left + 130 * i}, 72)">${mark}${text(30, 0, label, "")}</g>`
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#3b4252">
<title>${plot.title}: ${plot.subtitle}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${text(MARGIN.left, 26, plot.title, 'font-size="17" font-weight="600" fill="#111827"')}
${text(MARGIN.left, 46, plot.subtitle, "")}
${[...grid, ...bands, ...points, ...lines, ...legend].join("\n")}
</svg>
`
}
