// Package pace turns a curve of offered load into the instants at which requests are due.
//
//	curve, λ(t) and Λ(t) = ∫λ ──> Even or Poisson ──> Schedule.Next: due, due, due, …
//	a recording ──> ReadInstants ──> Replay ──────────^
//
// A schedule of a curve holds no list: it inverts Λ for one arrival at a time, so ten hours at any rate cost the memory of one.
// Each due instant comes from the arrival's index alone and never from the one before it, so there is no drift.
//
// Even and Poisson plan the same number of arrivals, Λ(Length) rounded to the nearest whole one.
//
//   - Even puts arrival k where Λ(t) = k + ½. Any stretch of time then holds Λ of it within one arrival: every second is
//     within ±1 of the plan, and the first arrival of a constant rate comes half an interval after the start.
//   - Poisson draws the instants independently with density λ/Λ(Length). That is the Poisson process of rate λ given its
//     total (Ross, Stochastic Processes, 1996, theorem 2.3.1): the total is exact, the counts of seconds are multinomial.
//
// # Why inversion
//
// Pacers that add up intervals, 1/λ(t) after the last arrival, are off by half an interval wherever λ changes, round at
// every step and have no answer where λ is zero. Inverting the integral has none of these faults; it costs a few
// evaluations of Λ per arrival. Curves that can name the instant themselves, by a method Near, are asked first, and their
// answer is put right by two values of Λ: on one core of a shared virtual machine, November 2026, an arrival of a hold or a
// ramp takes 60 to 85 ns even and 120 ns Poisson, one of a decay, which is searched for, 380 ns (go test -bench Next).
package pace
