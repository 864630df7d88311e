/** Prediction: draws of the weights, the mixture they make, and its summaries. @since 0.1.0 */
export * as Prediction from "./predictions.ts"
