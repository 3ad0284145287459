// Package drivertest checks that a driver keeps the contract of driver.Driver.
//
//	func TestConformance(t *testing.T) {
//		drivertest.Run(t, func(o driver.Options) driver.Driver { return mine.Driver{Options: o} })
//	}
//
// Each test runs a small server on loopback that answers, stalls, breaks off or says too much, and compares the outcomes
// with what the server did. The files are by what is tried: drivertest.go the seam itself, wire.go answers written byte by
// byte, connections.go when connections open and close, addresses.go where they lead, ends.go how requests end early.
// Serve and Says are such servers for a driver's own tests.
//
// A driver must limit bodies to MaxBody bytes or fewer for these tests. One that cannot do what an option asks for
// (driver.Options) refuses it in Open, and is not asked for it here: the suite uses HTTP/1.1 without TLS.
package drivertest
