// Package sweep measures what admission is worth before a service: how much it still does at multiples of what it can,
// without protection, behind the best fixed limit, and behind each law.
//
//	s := sweep.Sweep{Service: sweep.Reference(), Variants: variants, Multiples: []float64{1.05, 30}, Seeds: []uint64{100}}
//	report, err := s.Run(ctx)
//	report.WriteText(os.Stdout)
//
// # Steps
//
//  1. Capacity: closed loops of 8, 16, 32 … users until more of them bring less than a tenth more good answers; then 12 s
//     with half as many again as were enough.
//  2. Unloaded: 20 s at half of it give the latency that people know.
//  3. The oracle: fixed limits around capacity × latency (Little's law) are tried at five times the capacity. The one that
//     did most within 1.3 times the unloaded p99 is "fixed": what somebody who knew the service would have set. Where
//     none kept to that, it is the one that did most at any p99, the harder opponent; the report says so.
//     A law that learns begins with capacity × latency: limiter.seed, which whoever has measured writes into guard.yaml.
//  4. Cells: each variant × multiple × seed is a storm of its own, on fresh processes of service and guard: two seconds at
//     half the capacity, the step, five seconds at half again. Arrivals are Poisson and do not wait for answers.
//
// The generator is `peakday run` in a process of its own, so its CPU time, the guard's and the service's are told apart.
// Cells run side by side while their arrivals together are few for two cores; a cell whose generator was late is void, and
// is repeated once, alone.
//
// # The figures of a cell
//
//   - goodput: good answers that ended during the storm, a second; as a share of the capacity, and of what the fixed oracle
//     did with the same arrivals.
//   - admitted p99: of answers and timeouts, refusals left out, over the unloaded p99.
//   - onset: the worst window of 400 expected completions that lies in the storm. Below the capacity the arrivals are
//     expected, above it the capacity.
//   - refusals: their share; how fast they came; and when their share had come within 5 % of the ideal, 1 - 1/multiple,
//     to stay there for the first five seconds.
//   - recovery: how long after the storm 97 % were good and p99 was within twice the unloaded one, up to the end.
//
// # What it leaves out
//
// Clients do not try again: the storm is the plan's. One machine sends, serves and guards.
package sweep
