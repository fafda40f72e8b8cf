package dynamodb

import "github.com/parleychat/parley/infra/local/dynamodb/attribute"

// streamRecord is a record as GetRecords and Lambda show it.
type streamRecord struct {
	EventID      string         `json:"eventID"`
	EventName    string         `json:"eventName"`
	EventVersion string         `json:"eventVersion"`
	EventSource  string         `json:"eventSource"`
	AwsRegion    string         `json:"awsRegion"`
	Dynamodb     recordImages   `json:"dynamodb"`
	UserIdentity *recordService `json:"userIdentity,omitempty"`
}

type recordImages struct {
	ApproximateCreationDateTime float64
	Keys                        attribute.Item
	NewImage                    attribute.Item `json:",omitempty"`
	OldImage                    attribute.Item `json:",omitempty"`
	SequenceNumber              string
	SizeBytes                   int
	StreamViewType              string
}

// recordService marks what DynamoDB did by itself.
type recordService struct{ Type, PrincipalId string }

func wireRecord(t *table, sequence string, r attribute.Item) streamRecord {
	millis, _ := r[recordAt].Seconds()
	old, wasThere := r[recordOld]
	new, isThere := r[recordNew]
	images := recordImages{
		ApproximateCreationDateTime: float64(millis / 1000), Keys: r[recordKeys].Map,
		SequenceNumber: sequence, StreamViewType: t.Stream.View,
	}
	if t.Stream.View == "NEW_IMAGE" || t.Stream.View == "NEW_AND_OLD_IMAGES" {
		images.NewImage = new.Map
	}
	if t.Stream.View == "OLD_IMAGE" || t.Stream.View == "NEW_AND_OLD_IMAGES" {
		images.OldImage = old.Map
	}
	images.SizeBytes = images.Keys.Size() + images.NewImage.Size() + images.OldImage.Size()
	w := streamRecord{
		EventID: t.ID + sequence, EventVersion: "1.1", EventSource: "aws:dynamodb", AwsRegion: "us-east-1",
		EventName: "MODIFY", Dynamodb: images,
	}
	switch {
	case !wasThere:
		w.EventName = "INSERT"
	case !isThere:
		w.EventName = "REMOVE"
	}
	if r[recordExpired].Bool {
		w.UserIdentity = &recordService{"Service", "dynamodb.amazonaws.com"}
	}
	return w
}
