// Package library holds the ready scenarios, the mixes they name and the histories they forecast from, all embedded.
//
// A scenario is added as a file NAME.yaml in this folder, whose name key is NAME: the package's test then parses it,
// validates it and draws its load. No Go is needed. README.md lists them, and history/README.md says where each history
// comes from and under which licence it is shipped.
//
//	s, err := library.Open("reform-day-300x")   // mix: R
//	s, err = library.Resolve(s)                 // s.Mix holds the shares of R
//	kept, missing, share := scenarios.Renormalise(s.Mix, known)
package library
