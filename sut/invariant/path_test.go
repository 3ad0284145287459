package invariant

import (
	"strconv"
	"testing"

	"github.com/peakday/peakday/sut/population"
)

// The people with the shortest numbers have a place where they stood at Opening like everybody.
func TestEnrolmentsBeginWhereThePopulationHadThem(t *testing.T) {
	people, err := population.New(7, 200)
	if err != nil {
		t.Fatal(err)
	}
	w := newWalker(&pass{law: Law{People: people}}, &Finding{})
	w.machine = "enrolment"
	for i := range people.Size() {
		w.id = strconv.Itoa(i) + "/pension"
		if status := people.Person(i).Status; !w.begins(string(status)) || w.begins("transferred_out") {
			t.Errorf("%s stood at %s: want that, and nothing else, to be where its log begins", w.id, status)
		}
	}
}
