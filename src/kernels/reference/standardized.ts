/** How many scales a number is: the argument of every density that has one. */
import { exp } from "../../core/math.ts"

/** r exp(-logScale), which stays 0 where r is 0, even if the scale underflows. */
export const standardized = (r: number, logScale: number): number => (r === 0 ? 0 : r * exp(-logScale))
