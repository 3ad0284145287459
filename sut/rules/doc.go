// Package rules computes what the law of social insurance gives, as pure functions of facts and of dated policy packs.
//
// A pack is one YAML file in packs: the parameters of one region from one day on, each section with its citation and
// with a mark that says whether the source was read (verified) or is from general knowledge. A [Book] holds packs. The
// code holds formulas, the packs hold numbers: a new year or a new region is a file, not a change of the code.
//
//  1. [Open] reads the packs that come with the program into a [Book].
//  2. The caller gathers facts: [Wage], [PensionFacts], [Visit].
//  3. The book finds, section by section, the pack in force on the day that decides: the visit date for a claim, the
//     first of the month for a contribution, the day of reckoning for a pension. It looks at the region, then at its
//     province, then at the country.
//  4. The result carries the amounts, the ids of the packs that gave them, and the trace of the reckoning.
//
// Money is int64 in fen (1/100 yuan), rates are int64 in ppm, months are [Month] (202301), days are [Date] (20230101).
// There is one rounding function, [Round], half up; where a rule rounds is part of the rule and is tested to the fen.
//
// # The rules
//
// Packs, traces and tests name a rule by one short word:
//
//	O1   contribution base: the wage held between shares of the average wage    [Book.Contribute]
//	O2   contributions: shares of the base, by scheme                           [Book.Contribute]
//	O6   statutory month of retirement, delayed by cohort from 2025 on          [Book.Retire]
//	O8   payout months of a personal account, by age                            [Book.PayoutMonths]
//	O9   basic pension                                                          [Book.Estimate]
//	O10  projected account and personal pension                                 [Book.Estimate]
//	O11  transition pension for time before personal accounts                   [Book.Estimate]
//	O12  pension base C of a region, O13 the textbook's where there is none     [Book.Estimate]
//	O18  outpatient pooling                                                     [Book.Settle]
//
// To add a rule: a struct with its parameters, a field in sections, a function on [Book], a table of outside values.
//
// # Why the pack id holds a hash
//
// An amount can be reckoned again years later only if the very parameters are known. The id, such as
// CN-420500@2023-01-01#sha256:…, names region, first day and the SHA-256 of the file, so a changed file is a new id.
//
// # What it leaves out
//
// Unemployment, injury and maternity benefits, transfers, arrears and late fees are not here yet. A pension estimate
// takes paid months as they stand and does not test the minimum of paid years; it says so in its assumptions.
package rules
