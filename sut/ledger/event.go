package ledger

import "strconv"

// An Event names the template that made a transaction.
type Event string

// The events, one a template. The reversal of any of them is the event with ".reversed" at its end.
const (
	EventFounded Event = "book.founded" // the first of a book; its reference names the population

	EventOpened     Event = "person.opened"
	EventManyOpened Event = "people.opened"
	EventInterest   Event = "interest.credited"

	EventAssessed       Event = "declaration.assessed"
	EventMatched        Event = "payment.matched"
	EventAllocated      Event = "payment.allocated"
	EventSuspended      Event = "payment.suspended"
	EventResolved       Event = "payment.resolved"
	EventLateFeeCharged Event = "latefee.charged"
	EventLateFeePaid    Event = "latefee.paid"

	EventClaimOpened Event = "claim.opened"
	EventSettled     Event = "claim.settled"

	EventPayoutLocked   Event = "payout.locked"
	EventPayoutSent     Event = "payout.sent"
	EventPayoutReturned Event = "payout.returned"
	EventPayoutRequeued Event = "payout.requeued"
	EventPayoutDropped  Event = "payout.dropped"
	EventPayoutClosed   Event = "payout.closed"

	EventOverpaymentBooked    Event = "overpayment.booked"
	EventOverpaymentRecovered Event = "overpayment.recovered"
	EventOverpaymentWithheld  Event = "overpayment.withheld"

	EventTransferOpened   Event = "transfer.opened"
	EventTransferReleased Event = "transfer.released"
	EventTransferSent     Event = "transfer.sent"
	EventTransferReceived Event = "transfer.received"
	EventTransferCredited Event = "transfer.credited"

	EventPremiumOwed Event = "premium.owed"
	EventPremiumPaid Event = "premium.paid"

	EventSwept Event = "treasury.swept"
	EventDrawn Event = "treasury.drawn"
)

const reversed = ".reversed"

// CrossesFunds tells whether the event may lawfully owe or pay from one fund to another (invariant I14). Only the medical
// premium of the unemployed does, and what takes it back (Social Insurance Law 2018, article 48). All others may
// touch several funds, as a payment for all schemes does, but on no INTERFUND account.
func (e Event) CrossesFunds() bool {
	switch e {
	case EventPremiumOwed, EventPremiumPaid, EventPremiumOwed + reversed, EventPremiumPaid + reversed:
		return true
	}
	return false
}

// Chunk is the reference of the n-th part, from 1, of an event too large for one transaction: "PB-2023-01#1".
func Chunk(ref string, n int) string { return ref + "#" + strconv.Itoa(n) }
