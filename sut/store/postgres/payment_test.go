package postgres_test

import (
	"fmt"
	"testing"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
	"github.com/peakday/peakday/sut/store/storetest"
)

func BenchmarkPayments(b *testing.B) {
	server := servertest.Start(b)
	for _, pool := range []int{0, 1, 8} {
		b.Run(fmt.Sprintf("pool in %d stripes", pool), func(b *testing.B) {
			s, err := postgres.Open(b.Context(), servertest.Database(b, server), postgres.Options{Pool: store.Pool{Stripes: pool}})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			storetest.Payments(b, s, 256)
		})
	}
}

func BenchmarkPaymentsBare(b *testing.B) {
	s, err := postgres.Open(b.Context(), servertest.Database(b, servertest.Start(b)), postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	storetest.BarePayments(b, s, 256)
}
