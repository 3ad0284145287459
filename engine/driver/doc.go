// Package driver is the seam between the engine and a protocol.
//
// A Driver opens loops, and one goroutine owns each loop: it submits requests as they fall due and waits for outcomes
// until the next is due.
//
//	loop, err := d.Open()
//	loop.Submit(7, &request)          // returns at once
//	for _, out := range loop.Wait(nextDue) {
//		// out.Slot is 7: its request is done
//	}
//
// The shape fits an event loop, which has no other goroutine to hand a request to: package rawhttp is one, for HTTP/1.1
// without TLS. Goroutines can be fitted to it: package nethttp does, for all that rawhttp cannot do. A driver decides
// nothing: it has no queue of its own, sends each request once, and tells when.
//
// To add one, write a package beside them that passes drivertest.Run, and give it a line in the table of
// internal/drill/drivers.go, which picks the first that can do what the Options ask for.
package driver
