// Normal under the laws of distributions.
import { Normal } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { under } from "./under.ts"

under("Normal", laws.distribution(Normal, { shapes: (variable) => ({ mean: variable, logStd: variable }) }))
