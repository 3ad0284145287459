// Package simulate plays a day before a guard in virtual time: clients that
// come back, an admission.Guard with its ticks and its threshold as sut/gateway
// uses them, and a backend that has a limit. A minute at 300 times the capacity
// takes a second, and the same seed gives the same day.
//
//	day := simulate.Day{
//		Load:     simulate.Load{{0, 40}, {20, 40}, {20, 2400}, {60, 2400}},
//		Backend:  simulate.Backend{Workers: 64, Service: 0.8},
//		Clients:  simulate.Clients{Retries: 3, Manners: simulate.Backoff},
//		Deadline: 3,
//	}
//	record := day.Run(law, 1)
//	record.Goodput(23, 60) // answers in time a second; capacity is 80
//
// # What is left out
//
// A refusal costs nothing here, and nothing is lost on the way. Clients are
// independent: nobody tells the others that the service is slow. The backend's
// speed has no noise but that of the work.
package simulate
