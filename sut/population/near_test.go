package population

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Haversine, the textbook formula, over all outlets: slow and plain.
func nearest(o *Outlets, lat, lon float64, s Services, n int) []Nearby {
	var all []Nearby
	for i := range OutletCount {
		one := o.At(i)
		if !one.Services.Has(s) {
			continue
		}
		dlat, dlon := radians(one.Lat-lat), radians(one.Lon-lon)
		h := math.Pow(math.Sin(dlat/2), 2) + math.Cos(radians(lat))*math.Cos(radians(one.Lat))*math.Pow(math.Sin(dlon/2), 2)
		all = append(all, Nearby{one, 2 * earth * math.Asin(math.Sqrt(h))})
	}
	slices.SortFunc(all, func(a, b Nearby) int { return cmp.Or(cmp.Compare(a.Km, b.Km), cmp.Compare(a.Index, b.Index)) })
	return all[:min(n, len(all))]
}

func TestNearFindsWhatAPlainSearchFinds(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 21,000 outlets for each of 100 points: 3 s")
	}
	o := NewOutlets(20230101)
	rapid.Check(t, func(t *rapid.T) {
		lat, lon := rapid.Float64Range(South, North).Draw(t, "lat"), rapid.Float64Range(West, East).Draw(t, "lon")
		s := Services(rapid.Uint16Range(0, 1<<12-1).Draw(t, "services"))
		n := rapid.IntRange(1, MostNearby).Draw(t, "n")
		got, want := o.Near(lat, lon, s, n), nearest(o, lat, lon, s, n)
		if len(got) != len(want) {
			t.Fatalf("%d outlets, want %d", len(got), len(want))
		}
		for i := range got {
			if math.Abs(got[i].Km-want[i].Km) > 1e-6 {
				t.Fatalf("outlet %d of %d is %s at %.6f km, want %s at %.6f km", i, n, got[i].ID, got[i].Km, want[i].ID, want[i].Km)
			}
		}
	})
}

// London to Paris is 344 km in any atlas; a degree of a meridian 111.2 km.
func TestADistanceIsThatOfAnAtlas(t *testing.T) {
	km := func(lat1, lon1, lat2, lon2 float64) float64 {
		x1, y1, z1 := sphere(lat1, lon1)
		x2, y2, z2 := sphere(lat2, lon2)
		return 2 * earth * math.Asin(math.Sqrt((x1-x2)*(x1-x2)+(y1-y2)*(y1-y2)+(z1-z2)*(z1-z2))/2)
	}
	if got := km(51.5074, -0.1278, 48.8566, 2.3522); math.Abs(got-344) > 1 {
		t.Errorf("London to Paris is %.1f km", got)
	}
	if got := km(30, 110, 31, 110); math.Abs(got-111.2) > 0.1 {
		t.Errorf("a degree is %.2f km", got)
	}
}

func TestNearAtTheEdges(t *testing.T) {
	o := NewOutlets(1)
	for _, test := range []struct {
		name     string
		lat, lon float64
		n, want  int
	}{
		{"a point that is not a number has nothing near", math.NaN(), 111, 5, 0},
		{"nobody asks for none", 30, 111, 0, 0},
		{"a point far outside finds the edge", -90, 1000, 5, 5},
		{"an infinite point finds a corner", math.Inf(1), math.Inf(-1), 5, 5},
		{"more than the most gives the most", 30, 111, 1 << 30, MostNearby},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := o.Near(test.lat, test.lon, 0, test.n); len(got) != test.want {
				t.Errorf("%d outlets, want %d", len(got), test.want)
			}
		})
	}
}

func TestAnOutletIsOpenInItsHours(t *testing.T) {
	by, late := Outlet{Open: 9 * 60, Close: 17 * 60}, Outlet{Open: 9 * 60, Close: 17 * 60, Night: true}
	for _, test := range []struct {
		name    string
		outlet  Outlet
		minute  int
		working bool
		want    bool
	}{
		{"at nine it opens", by, 9 * 60, true, true},
		{"a minute before nine it is closed", by, 9*60 - 1, true, false},
		{"at five it closes", by, 17 * 60, true, false},
		{"on a day off it is closed at noon", by, 12 * 60, false, false},
		{"at six the night channel opens", late, 18 * 60, true, true},
		{"between five and six it is closed", late, 17*60 + 30, true, false},
		{"at ten the night channel closes", late, 22 * 60, true, false},
		{"on a day off there is no night channel", late, 19 * 60, false, false},
		{"who has no night channel is closed at seven", by, 19 * 60, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.outlet.OpenAt(test.minute, test.working); got != test.want {
				t.Errorf("open is %v", got)
			}
		})
	}
}

func TestOutletsAreWhatTheMapSays(t *testing.T) {
	o := NewOutlets(20230101)
	names := make(map[string]int)
	night, home := 0, 0
	for i := range OutletCount {
		one := o.At(i)
		byID, found := o.ByID(one.ID)
		switch {
		case !found || byID != one:
			t.Fatalf("%s leads to %+v, %v", one.ID, byID, found)
		case one.Lat < South || one.Lat > North || one.Lon < West || one.Lon > East:
			t.Fatalf("outside the box: %+v", one)
		case one.Region != DefaultRegion && !strings.HasPrefix(one.Region, "99"):
			t.Fatalf("in a region that exists: %+v", one)
		case one.Open >= one.Close || one.Load < 0 || one.Load > 100 || !one.Services.Has(basic):
			t.Fatalf("hours, load or basic services are wrong: %+v", one)
		}
		for _, name := range one.Services.Names() {
			names[name]++
			if s, err := ParseService(name); err != nil || !one.Services.Has(s) {
				t.Fatalf("%s reads back as %v, %v", name, s, err)
			}
		}
		if one.Night {
			night++
		}
		if one.Region == DefaultRegion {
			home++
		}
	}
	for _, name := range serviceNames() {
		if share := float64(names[name]) / OutletCount; share < 0.55 {
			t.Errorf("%.2f of outlets offer %s, want 0.6 at least", share, name)
		}
	}
	if night < 100 || home < 100 {
		t.Errorf("%d outlets have a night channel and %d are in %s, want 100 at least", night, home, DefaultRegion)
	}
	if _, err := ParseService("tea"); err == nil {
		t.Error("an outlet offers tea")
	}
}

// At a random point of the box, ten outlets: 11 µs on a shared, busy 2-core Xeon, Go 1.26.8, 2026-11-22.
func BenchmarkNear(b *testing.B) {
	o := NewOutlets(20230101)
	r := stream(1, 0, 0, 0)
	b.ReportAllocs()
	for b.Loop() {
		o.Near(South+r.Float64()*(North-South), West+r.Float64()*(East-West), Transfers, 10)
	}
}

// In the middle of the largest town: the cells there are full.
func BenchmarkNearTheMiddleOfATown(b *testing.B) {
	o := NewOutlets(20230101)
	for b.Loop() {
		o.Near(30.69, 111.29, Transfers, 10)
	}
}

func BenchmarkNewOutlets(b *testing.B) {
	for b.Loop() {
		NewOutlets(20230101)
	}
}
