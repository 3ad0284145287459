package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
	"github.com/peakday/peakday/sut/store/storetest"
)

func BenchmarkPayments(b *testing.B) {
	for _, pool := range []int{0, 1} {
		b.Run(fmt.Sprintf("pool in %d stripes", pool), func(b *testing.B) {
			s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"), store.Pool{Stripes: pool})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			storetest.Payments(b, s, 256)
		})
	}
}

func BenchmarkPaymentsBare(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"), store.Pool{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	storetest.BarePayments(b, s, 256)
}
