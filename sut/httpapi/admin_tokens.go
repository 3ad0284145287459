package httpapi

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/workflow"
)

// A Grant is the body of /admin/tokens: for whom a token is wanted, who works here or for an employer.
type Grant struct {
	Role    string `json:"role"`
	Subject string `json:"subject"`
	Region  string `json:"region"`  // of clerks and reviewers: whose people they see
	Seconds int    `json:"seconds"` // that it is good for; 0: an hour
}

// hour is the life of a token where none is asked for, in seconds.
const hour = 60 * 60

// maxGrant is the longest life of a token that an operator gives, in seconds.
const maxGrant = 7 * 24 * 60 * 60

func (a Admin) token(x *exchange) error {
	var g Grant
	if _, err := x.readInto(&g); err != nil {
		return err
	}
	return a.grant(x, g)
}

func (a Admin) grant(x *exchange, g Grant) error {
	g.Seconds = cmp.Or(g.Seconds, hour)
	role, err := workflow.ParseRole(g.Role)
	switch {
	case err != nil:
		return problem(http.StatusBadRequest, "bad-role", err.Error())
	case (partners | workflow.System).Has(role):
		return problem(http.StatusUnprocessableEntity, "no-token-for-role", "no token speaks for a "+g.Role+": banks and hospitals sign their requests")
	case !visible(g.Subject) || len(g.Subject) > 64:
		return problem(http.StatusBadRequest, "bad-subject", "subject: want 1 to 64 visible ASCII characters, such as clerk-7 or E000123")
	case (role == workflow.Clerk || role == workflow.Reviewer) != (g.Region != ""):
		return problem(http.StatusBadRequest, "bad-region", "region: want one for a clerk or reviewer, and none for others")
	case g.Seconds < 0 || g.Seconds > maxGrant:
		return problem(http.StatusBadRequest, "bad-life", "seconds is "+strconv.Itoa(g.Seconds)+": want 1 to 604800, or none for an hour")
	}
	token, err := a.Keys.Token(agency.Caller{Role: role, Subject: g.Subject, Region: g.Region}, a.Now(), time.Duration(g.Seconds)*time.Second)
	if err != nil {
		return err
	}
	if err := a.audit(x.r.Context(), "admin.tokens", g.Role+" "+g.Subject); err != nil {
		return err
	}
	return reply(x.w, http.StatusCreated, session{token, "Bearer", g.Seconds})
}
