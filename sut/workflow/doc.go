// Package workflow holds the state machines of the service and the statutory clocks that run beside them, as data.
//
// A [Machine] says from which state a thing may go to which other, under which verb, and who may do it. A use case asks
// [Machine.Step] before it changes a row; what it may not do comes back as an [IllegalEdge] that names what it may. A
// checker asks [Machine.Path] whether a log of states is a path of its machine.
//
//	benefit := workflow.Benefit()
//	edge, err := benefit.Step("reviewing", "approved") // edge.Roles says who may, edge.FourEyes that it takes a second person
//	err = benefit.Path([]workflow.State{"applied", "accepted", "paying"}) // step 2 of the log: the benefit is accepted and cannot …
//
// MACHINES.md in this folder draws all of them; a test keeps it true.
//
// A [Clock] is a time limit that the law sets for a kind of case. A [Calendar] knows the working days of China, holidays
// and the weekends worked instead of them, and tells the day a case is due:
//
//	pension, err := workflow.ClockOf("pension") // 20 working days
//	due := workflow.China().Due(pension, 20230118)
//	burst := workflow.Burst(due, today)
//
// # What the machines do not hold
//
// Conditions on amounts and dates are the use case's to check; an edge only says in words what must hold
// ([Edge.Guard]), such as the sums of a batch. Nobody's case is stored here. The state "unknown" of a claim whose answer
// was lost exists at the hospital only, which asks again by visit number.
//
// # Why the clocks run before their regulation did
//
// The Regulations on Social Insurance Handling (社会保险经办条例) are in force from 2023-12-01. A drill on an earlier day
// runs the same clocks, as a model: [Clock.InForce] tells from which day on a burst one broke the law.
package workflow
