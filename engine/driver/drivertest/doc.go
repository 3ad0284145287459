// Package drivertest checks that a driver keeps the contract of driver.Driver.
//
//	func TestConformance(t *testing.T) {
//		drivertest.Run(t, func(o driver.Options) driver.Driver { return mine.Driver{Options: o} })
//	}
//
// Each test runs a small server on loopback that answers, stalls, breaks off or says too much, and compares the outcomes
// with what the server did. A driver must limit bodies to MaxBody bytes or fewer for these tests.
package drivertest
