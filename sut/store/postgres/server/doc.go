// Package server finds or starts a PostgreSQL, 15 or later, for tests and for `peakday sut --store postgres`.
//
//	s, err := server.Start(ctx, server.Options{Log: log})
//	defer s.Close()
//	log.Info("postgres: " + s.String()) // postgres: docker (15.13)
//	pool, err := pgxpool.New(ctx, s.DSN())
//
// It takes the first way that works:
//
//	dsn     the server of [Options.DSN] or PEAKDAY_POSTGRES_DSN; its user must be allowed to make databases
//	docker  the image of [Options.Image] or PEAKDAY_POSTGRES_IMAGE, else postgres:17-alpine, by testcontainers-go
//	host    the machine's own initdb and postgres, from PATH or where distributions put them; as the user postgres
//	        where we are root
//
// A given DSN is the only way tried. With [Options.Limits] only a container will do, since nothing else bounds a server.
// Whatever the way, DSN is of a new, empty database, in UTF-8 and compared by bytes; the server of a DSN keeps nothing
// of it after Close, and the others are thrown away as a whole. One who wants to keep what was written opens the DSN
// without this package.
//
// # What a measurement stands on
//
// Servers that are started here run with fsync, full_page_writes and synchronous_commit on, as PostgreSQL comes, with
// shared_buffers of 256 MB or a quarter of the memory limit if that is less, 200 connections, and without compiled
// queries, which pay in queries of seconds only. The rest is as PostgreSQL comes. With Docker the server listens on
// loopback and its files are in a volume on the machine's disk; on the host it listens on a socket only, and its files
// are below [os.TempDir]. Where that is a file system in memory a sync costs nothing and a figure says nothing: the
// log warns of it.
//
// # What becomes of a server whose process is killed
//
// On Linux a server on the host is told by the kernel and ends at once; the next start removes its directory. A
// container runs on until the next start removes it (package container says why).
package server
