export { type Figures, figuresOf } from './verification-figures.js'
export { type OpenVerificationSet, openVerificationSets } from './verification-sets.js'
export { type SetVerification, type VerifierOptions, WeightsVerifier } from './weights-verifier.js'
