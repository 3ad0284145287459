// Package rules computes what the law of social insurance gives, as pure functions of facts and of dated policy packs.
//
// A pack is one YAML file in packs: the parameters of one region from one day on, each section with its citation and
// with a mark that says whether the source was read (verified) or is from general knowledge. A [Book] holds packs. The
// code holds formulas, the packs hold numbers: a new year or a new region is a file, not a change of the code.
//
//  1. [Open] reads the packs that come with the program into a [Book]; two people have approved each.
//  2. The caller gathers facts: [Wage], [PensionFacts], [Visit], ….
//  3. The book finds, section by section, the pack in force on the day that decides: the visit date for a claim, the
//     first of the month for a contribution, the day of reckoning for a pension. It looks at the region, then at its
//     province, then at the country.
//  4. The result carries the amounts and its [Basis]: the ids of the packs that gave them, the citations, what was taken
//     for granted, and the trace of the reckoning.
//
// Money is int64 in fen (1/100 yuan), rates are int64 in ppm, months are [Month] (202301), days are [Date] (20230101).
// There is one rounding to the nearest, [Round], half up; where a rule rounds is part of the rule and is tested to the
// fen. Every call checks its facts and answers a [FactError] that names the one at fault.
//
// # The rules
//
// Packs, traces and tests name a rule by one short word:
//
//	O1   contribution base: the wage held between shares of the average wage    [Book.Contribute]
//	O2   contributions: shares of the base, by scheme                           [Book.Contribute]
//	O3   contributions of flexible workers                                      [Book.Contribute]
//	O4   an undeclared month, 110 % of the last                                 [Book.Assess]
//	O5   late fee, simple interest by the day                                   [Book.LateFee]
//	O6   statutory month of retirement, delayed by cohort from 2025 on          [Book.Retire]
//	O7   minimum of paid months, rising from 2030 on                            [Book.MinimumMonths]
//	O8   payout months of a personal account, by age                            [Book.PayoutMonths]
//	O9   basic pension                                                          [Book.Estimate]
//	O10  projected account and personal pension                                 [Book.Estimate]
//	O11  transition pension for time before personal accounts                   [Book.Estimate]
//	O12  pension base C of a region, O13 the textbook's where there is none     [Book.Estimate]
//	O14  unemployment benefit: how long and how much                            [Book.Unemployment]
//	O15  injury at work: disability, care, death                                [Book.InjuryBenefit], [Book.DeathBenefit]
//	O16  injury contribution rate by class of risk and record                   [Book.InjuryRate]
//	O17  maternity allowance                                                    [Book.Maternity]
//	O18  outpatient pooling                                                     [Book.Settle]
//	O19  waiting time for medical benefits                                      [Book.MedicalWaiting]
//	O20  transfer of a pension record                                           [Book.Transfer]
//	O21  primary insurance amount of the United States, and its raises          [Book.Estimate] with region US
//
// To add a rule: a struct with its parameters, a field in sections, a function on [Book], a table of outside values.
//
// # Many of a kind
//
// A declaration has 50,000 lines of one region and month. [Book.Contributor], [Book.Estimator] and [Book.Splitter] find
// the law once; what they return reckons the same amounts as Contribute, Estimate and Settle, without the basis and
// without allocating. Contribute, Estimate and Settle are built on them, so the two cannot differ.
//
// # Approval
//
// approvals.yaml lists for each pack the SHA-256 of its file and two people. [ReadApproved] refuses a pack that is not
// in it or was changed since, so nobody moves money alone by moving a number. [Read] asks for no approval: it is for
// drafts and tests.
//
// # Why the pack id holds a hash
//
// An amount can be reckoned again years later only if the very parameters are known. The id, such as
// CN-420500@2023-01-01#sha256:…, names region, first day and the SHA-256 of the file, so a changed file is a new id.
// Store [Basis].Packs with the amount: [Book.Only] of them gives the same fen, whatever packs came later.
//
// # Citations
//
// articles.yaml is a register of what an article provides and since when. [CheckCitation] knows that Article 87 of the
// Social Insurance Law punishes fraud and is not on benefits paid late. The tests hold every pack to it.
//
// # What it leaves out
//
// Injury contributions are reckoned at the default rate: nothing joins an employer's [InjuryRate] to its [Wage]s yet.
// Inpatient bills, and what a region adds to the country's rules where no pack of it says so, are not here. A pension
// estimate does not refuse who has paid too few months; it says so in its assumptions. The primary insurance amount is
// that at full retirement age, from an indexed wage that is given.
package rules
