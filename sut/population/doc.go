// Package population makes up insured people, their employers and what stood on the day [Opening], each as a pure function
// of a seed and an index.
//
// Nothing is stored: [Population.Person] reckons person i when asked, the same every time, so a service can have ten
// million people and keep only what changed.
//
//	p, err := population.New(20230101, 100_000)
//	who := p.Person(p.Pick(0)) // the first person of a shuffled order that meets everybody once
//	firm := p.Employer(who.Employer)
//
// # What nobody can be taken for
//
// No person, firm or outlet is real, and no number reaches anybody:
//
//	identity number   area 990000 to 999999, never assigned by GB/T 2260; valid GB 11643 check digit
//	credit code       area 990000 too; valid GB 11714 and GB 32100 check characters
//	telephone         1420…: no carrier was given range 142, by a list of 2022-07
//	bank account      9999…: an issuer of a country that ISO 3166 leaves to users; valid Luhn digit
//	region            990001 and up, but for [DefaultRegion], where everybody is insured
//
// # What stood at Opening
//
// A service is asked for cases, claims and payments that it has never seen. For a single request to be valid without a
// session before it, what happened before Opening is a function of its id, made when asked, stored when first changed:
//
//	BC-<person>-<n>                 benefit case: 0 a retired person's pension, others in review   [Population.Case]
//	EN-<person>                     pension that a retired person draws                            [Population.Entitlement]
//	<hospital>-B<person>-<n>        settled claim of December 2022                                 [Population.Claim]
//	D-<employer>-202212             paid declaration of that month                                 [Population.Declaration]
//	<bank>/B<employer>-202212       the payment that paid it                                       [Population.Payment]
//	J-<employer>-202212             the job that took it in                                        [Population.Job]
//	TR-<person>-<n>                 transfer: 0 closed, others with the information sent           [Population.Transfer]
//	CE-<person>-<n>                 certificate, by its verify code                                [Population.Certificate]
//
// Person and employer are plain indexes, n is 0 to 2^31-1, and each id has one spelling. Ids of what comes later begin
// with an X after the same prefix. States are those of package workflow.
//
// # What it is shaped like
//
// Birth years bulge in 1962 to 1975, the cohorts that retire in the coming years, so that a forecaster can know them
// ahead. Wages are log-normal with σ = 0.55 and a median that puts one person in five on the contribution floor.
// Employer sizes are Pareto with α = 1.1, cut off at a fiftieth of the population. These shapes are designed after
// public summaries, not fitted to microdata. Three figures are drawn to published ones of 2022 and tested within 2 %:
// cards, electronic cards ([Population.Card]) and medical settlements ([Population.Visits]). Everything stands as on
// 2023-01-01, the day [Opening].
//
// # What it leaves out
//
// Families, moves between regions and careers: a person has one employer, and a wage that is today's. Everybody is insured
// as an employee, in all five schemes, so the published numbers of insured by scheme, most of them residents, are not
// claimed. The number of people's claims in the baseline is not that of their visits: there is one for every number asked.
package population
