package agency_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
)

func TestOutletsNearAPoint(t *testing.T) {
	a := newAgency(t)
	a.Outlets = population.NewOutlets(1)
	saturday, monday := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) // 10:00 in China
	near, err := a.Near(t.Context(), monday, agency.Place{Lat: 30.69, Lon: 111.29, Service: "pension", Open: true, Limit: 5})
	if err != nil || len(near.Items) != 5 {
		t.Fatalf("%+v, %v", near, err)
	}
	for i, o := range near.Items {
		if !o.Open || i > 0 && o.Km < near.Items[i-1].Km || !strings.Contains(fmt.Sprint(o.Services), "pension") {
			t.Errorf("%+v", o)
		}
	}
	if near, err := a.Near(t.Context(), saturday, agency.Place{Lat: 30.69, Lon: 111.29}); err != nil || len(near.Items) != 10 || near.Items[0].Open {
		t.Errorf("on a Saturday %+v, %v", near, err)
	}
	for _, c := range []struct {
		place agency.Place
		code  string
	}{{agency.Place{Lat: 91}, "bad-place"}, {agency.Place{Service: "tea"}, "bad-service"}, {agency.Place{Limit: 101}, "bad-limit"}, {agency.Place{Limit: -1}, "bad-limit"}} {
		_, err := a.Near(t.Context(), monday, c.place)
		wantCode(t, err, c.code)
	}
}
