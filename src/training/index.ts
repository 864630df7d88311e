/** Training: models, the negative ELBO, the pure step and the loop around it. @since 0.1.0 */
export * as KlWeighting from "./KlWeighting.ts"
export * as Model from "./models.ts"
export * as Training from "./trainings.ts"
