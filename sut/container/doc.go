// Package container runs programs in containers of this machine's Docker, under limits of processor and memory, so that
// a drill measures a system of a known size.
//
//	s, err := container.Service{
//		Args:   []string{"--people", "100000"},
//		Limits: container.Limits{CPUs: 1, Memory: 512 << 20},
//		Stderr: os.Stderr,
//	}.Start(ctx)
//	defer s.Close()
//	http.Get(s.URL + "/v1/policies")
//
// [Service] is `peakday sut` from this very binary: an image is made of it and of nothing else, run, and removed. [Run]
// is what stands below, for any image; package server runs PostgreSQL by it.
//
// # What is limited, and what is not
//
// [Limits] are the container's cgroup: a quota of processor time in each 100 ms, and memory without swap. Go reads the
// quota itself, though it never takes it for less than two processors; of the memory limit it is told 90 % as GOMEMLIMIT,
// so that it collects more often before the kernel kills it. Files are not limited. /tmp of the service, where its database lies, is a volume on the disk of
// the machine, so that a sync costs what it costs.
//
// # Why containers share the machine's network
//
// A program in a container listens on 127.0.0.1 of the machine, as a plain process does, and containers reach each other
// there. Docker's usual way, a port of the machine that is forwarded, passes every byte through one more process that
// stands outside the limits: pgbench's eight clients had 39,700 reads and 3,100 writes a second through it, 63,900 and
// 6,500 without (PostgreSQL 15, two processors, 2026-11-22). The price: Docker must run in the network of this process,
// so not in the virtual machine of Docker Desktop nor without root.
//
// # Why nothing is pulled to clean up
//
// testcontainers-go, which does the work, usually starts a second container that removes the first when this process
// dies. Its image comes from a registry, which a machine of CI does not reach. Here each container carries the name of
// the process that owns it, and the next start removes those whose owner is gone. To have the other way, set
// TESTCONTAINERS_RYUK_DISABLED=false.
package container
