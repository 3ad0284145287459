// Package servertest gives tests a PostgreSQL.
//
//	func TestStore(t *testing.T) {
//		s := servertest.Start(t) // logs "postgres: docker (15.13)"
//		t.Run("empty", func(t *testing.T) {
//			store, err := postgres.Open(t.Context(), servertest.Database(t, s))
//			…
//
// Where none can be had the test is skipped with the reasons, unless PEAKDAY_REQUIRE, a list such as "postgres,docker",
// names what is missing: then it fails. PEAKDAY_POSTGRES_DSN and PEAKDAY_POSTGRES_IMAGE choose the server as everywhere.
package servertest
