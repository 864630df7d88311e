/** The laws of each interface under one name, `laws`. @since 0.1.0 */
export { distributionLaws as distribution } from "./distributionLaws.ts"
export { layerLaws as layer } from "./layerLaws.ts"
export { likelihoodLaws as likelihood } from "./likelihoodLaws.ts"
export { optimizerLaws as optimizer } from "./optimizerLaws.ts"
export { posteriorLaws as posterior } from "./posteriorLaws.ts"
export { priorLaws as prior } from "./priorLaws.ts"
