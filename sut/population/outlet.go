package population

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
)

// OutletCount is the number of outlets, that of the national map of social-insurance outlets.
const OutletCount = 21_000

// The box all outlets lie in, in degrees. It is about where China's people live, and takes in some sea.
const (
	South, North = 22.0, 42.0
	West, East   = 102.0, 122.0
)

// Towns and how far outlets scatter around their middle, in degrees of latitude.
const (
	towns      = 300
	nightTowns = 10
	scatter    = 0.15
)

// An Outlet is a place where people are served in person. None exists.
type Outlet struct {
	Index    int
	ID       string // L00001
	Name     string
	Region   string  // of its town: 99xxxx, made up, but [DefaultRegion] for the first
	Lat, Lon float64 // degrees
	Services Services
	Open     int  // minutes after midnight, working days
	Close    int  // minutes after midnight, working days
	Night    bool // basic services on working days from 18:00 to 22:00 too
	Load     int  // how busy it usually is: 0 empty to 100 full
}

// Services is a set of services; a service is a set of one.
type Services uint16

// The services.
const (
	Enrolments Services = 1 << iota
	Contributions
	Pensions
	MedicalBills
	Unemployment
	WorkInjury
	Maternity
	Transfers
	Certificates
	Cards
	Complaints
	Advice
)

// serviceNames stand in the order of the constants.
func serviceNames() [12]string {
	return [...]string{
		"enrolment", "contribution", "pension", "medical", "unemployment", "injury",
		"maternity", "transfer", "certificate", "card", "complaint", "advice",
	}
}

// basic are the services that every outlet offers and the night channel is for.
const basic = Enrolments | Contributions | Certificates | Advice

// Has tells whether the set holds every service of s.
func (set Services) Has(s Services) bool { return set&s == s }

// Names lists the services by name.
func (set Services) Names() []string {
	var names []string
	for i, name := range serviceNames() {
		if set&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// ParseService reads the name of one service; the empty name is the empty set, which every outlet offers.
func ParseService(name string) (Services, error) {
	if name == "" {
		return 0, nil
	}
	names := serviceNames()
	for i, n := range names {
		if n == name {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("service %q: want one of %v", name, names)
}

// outlet makes outlet i of a seed. Towns are strewn over the box, the first where Yichang is; outlets lie around the
// middle of a town, more of them in the first towns (the town is a product of two uniform draws).
func outlet(seed uint64, i int) Outlet {
	r := stream(seed, outletStream, i, 0)
	town := int(towns * r.Float64() * r.Float64())
	lat, lon := middle(seed, town)
	o := Outlet{
		Index:    i,
		ID:       outletID(i),
		Region:   DefaultRegion,
		Lat:      within(lat+scatter*r.NormFloat64(), South, North),
		Lon:      within(lon+scatter*r.NormFloat64(), West, East),
		Services: basic,
		Open:     9 * 60,
		Close:    17 * 60,
		Night:    town < nightTowns && r.IntN(2) == 0,
		Load:     int(100 * math.Sqrt(r.Float64()*r.Float64())),
	}
	if town > 0 {
		o.Region = strconv.Itoa(990_000 + town)
	}
	if r.IntN(4) == 0 {
		o.Open, o.Close = 8*60+30, 17*60+30
	}
	for s := Pensions; s <= Complaints; s <<= 1 {
		if r.IntN(5) < 3 {
			o.Services |= s
		}
	}
	o.Name = outletName(town, r)
	return o
}

// OpenAt tells whether the outlet is open at a minute after midnight of a day that is worked or not. Days off it is closed.
func (o *Outlet) OpenAt(minute int, working bool) bool {
	day := o.Open <= minute && minute < o.Close
	night := o.Night && 18*60 <= minute && minute < 22*60
	return working && (day || night)
}

func outletID(i int) string { return string(appendDigits([]byte("L"), i, 5)) }

func outletName(town int, r *rand.Rand) string {
	return fmt.Sprintf("第%d城%s%s路服务点", town, character(givens, r), character(givens, r))
}

// middle is the middle of a town.
func middle(seed uint64, town int) (lat, lon float64) {
	if town == 0 {
		return 30.69, 111.29 // Yichang
	}
	r := stream(seed, outletStream, town, 1)
	return South + (North-South)*r.Float64(), West + (East-West)*r.Float64()
}

func within(x, low, high float64) float64 { return min(max(x, low), high) }
