// Package child runs processes that serve: `peakday sut`, `peakday guard`, or any program that announces itself as they
// do, with one line of JSON on stdout once it listens. A child does not outlive its parent, however that dies, and what
// it used is reported when it ends.
//
//	service, err := child.Start("sut", nil, "--workers", "32")
//	guard, err := child.Start("guard", nil, "--upstream", service.URL)
//	used, err := guard.Stop() // CPU time and memory
package child
