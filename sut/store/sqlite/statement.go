package sqlite

// A statement is an index into statements; every connection prepares them all.
type statement int

const (
	sqlBegin statement = iota
	sqlRollback
	sqlBeginWrite
	sqlCommit
	sqlSavepoint
	sqlUndo
	sqlRelease

	sqlHead
	sqlPosted
	sqlBalance
	sqlSpent
	sqlPayment
	sqlContributions
	sqlAnswer

	sqlAddTxn
	sqlAddEntry
	sqlAddBalance
	sqlAddClaim
	sqlAddPayment
	sqlAddContribution
	sqlAddAnswer

	sqlAllTxns
	sqlAllEntries
	sqlAllBalances
	sqlAllPayments
	sqlAllClaims
	sqlAllAnswers
	sqlAllContributions

	numStatements
)

var statements = [numStatements]string{
	sqlBegin:      `BEGIN`,
	sqlRollback:   `ROLLBACK`,
	sqlBeginWrite: `BEGIN IMMEDIATE`,
	sqlCommit:     `COMMIT`,
	sqlSavepoint:  `SAVEPOINT one`,
	sqlUndo:       `ROLLBACK TO one`,
	sqlRelease:    `RELEASE one`,

	sqlHead:    `SELECT seq, hash FROM txn ORDER BY seq DESC LIMIT 1`,
	sqlPosted:  `SELECT seq FROM txn WHERE event = ? AND ref = ?`,
	sqlBalance: `SELECT amount FROM balance WHERE account = ?`,
	sqlSpent:   `SELECT coalesce(sum(deductible), 0), coalesce(sum(fund), 0) FROM claim WHERE person = ? AND year = ?`,
	sqlPayment: `SELECT employer, month, amount, status, txn
		FROM payment WHERE bank = ? AND bank_txn = ?`,
	sqlContributions: `SELECT month, base, employer, employee, txn
		FROM contribution WHERE person = ? AND month BETWEEN ? AND ? ORDER BY month DESC`,
	sqlAnswer: `SELECT fingerprint, status, body, txn FROM answer WHERE key = ?`,

	sqlAddTxn:   `INSERT INTO txn (seq, hash, event, ref, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
	sqlAddEntry: `INSERT INTO entry (txn, n, account, amount) VALUES (?, ?, ?, ?)`,
	sqlAddBalance: `INSERT INTO balance (account, amount) VALUES (?, ?)
		ON CONFLICT (account) DO UPDATE SET amount = amount + excluded.amount`,
	sqlAddClaim: `INSERT INTO claim (hospital, visit, person, year, date, tier, deductible, fund, account, cash, pack, txn)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
	sqlAddPayment: `INSERT INTO payment (bank, bank_txn, employer, month, amount, status, txn)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
	sqlAddContribution: `INSERT INTO contribution (person, month, base, employer, employee, txn)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
	sqlAddAnswer: `INSERT INTO answer (key, fingerprint, status, body, txn) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,

	sqlAllTxns:          `SELECT seq, hash, event, ref, at FROM txn ORDER BY seq`,
	sqlAllEntries:       `SELECT account, amount FROM entry WHERE txn = ? ORDER BY n`,
	sqlAllBalances:      `SELECT account, amount FROM balance`,
	sqlAllPayments:      `SELECT bank, bank_txn, amount, status FROM payment`,
	sqlAllClaims:        `SELECT hospital, visit, fund, account FROM claim`,
	sqlAllAnswers:       `SELECT key, txn, body FROM answer`,
	sqlAllContributions: `SELECT person, month FROM contribution`,
}
