package main

import (
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/parleychat/parley/infra/local/issuer"
	"github.com/parleychat/parley/shared/identity"
)

// announce prints one table of where everything is.
func (t *twin) announce() {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nParley is ready.\tOpen a technician and a contact, each in a browser window of its own.\n\n")
	people, err := issuer.People()
	if err != nil {
		fmt.Fprintf(w, "%v\n", err)
	}
	for _, p := range people {
		fmt.Fprintf(w, "%s\thttp://%s/%s/?as=%s\n", describe(p), t.portal.address, p.Parley.Role, p.Key)
		if slices.Contains(p.Parley.Capabilities, identity.Administer) {
			fmt.Fprintf(w, "%s, settings\thttp://%s/admin/?as=%s\n", p.Name, t.portal.address, p.Key)
		}
	}
	fmt.Fprintf(w, "\nWebSocket API\t%s, with @connections below http://%s/%s/\n", websocketURL(t.settings), t.websocket.address, stage)
	lambdaAt := t.lambdaEndpoint
	if lambdaAt == "" {
		lambdaAt = "http://" + t.settings.lambda.address
	}
	fmt.Fprintf(w, "Lambda\t%s\n", lambdaAt)
	fmt.Fprintf(w, "DynamoDB\t%s, table %s\n", t.storage, tableName)
	fmt.Fprintf(w, "TURN\t%s, udp and tcp\n", t.turn.address)
	fmt.Fprintf(w, "Data\t%s\n\nCtrl-C stops everything and keeps the data.\n", t.data)
	_ = w.Flush() // A terminal that is gone needs no table.
}

func describe(p issuer.Person) string {
	if p.Parley.Role == identity.Technician {
		return p.Name + ", technician"
	}
	return p.Name + ", " + string(p.Parley.Role) + " at " + p.Parley.Company
}
