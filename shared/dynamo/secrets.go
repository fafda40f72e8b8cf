package dynamo

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// hiddenList is the list of the secrets of all sessions, by when they are to be
// deleted.
const hiddenList = "hidden"

// secret is how one is stored: sealed, so that the stream, backups and copies
// of the table hold nothing that can be read without the key, which is kept
// elsewhere.
type secret struct {
	Seq    int64           `json:"seq"`
	By     protocol.Person `json:"by"`
	Sealed []byte          `json:"sealed"`
	Until  protocol.Millis `json:"until"`
	Shown  *protocol.Entry `json:"shown,omitempty"`
	Reveal string          `json:"reveal,omitempty"`
}

func secretKey(seq int64) string { return fmt.Sprintf("secret#%015d", seq) }

// secretPut is the write of a secret: a new one, or one that is shown now and
// has been shown to nobody before.
func (t *Sessions) secretPut(ctx context.Context, id string, s session.Secret) (*types.Put, error) {
	sealed, err := t.seal(ctx, id, s)
	if err != nil {
		return nil, err
	}
	i, err := encode(secret{Seq: s.Seq, By: s.By, Sealed: sealed, Until: s.Until, Shown: s.Shown, Reveal: s.Reveal})
	if err != nil {
		return nil, err
	}
	i[Schema.PartitionKey], i[Schema.SortKey] = str(sessionKey(id)), str(secretKey(s.Seq))
	i[Schema.IndexPartitionKey], i[Schema.IndexSortKey] = str(hiddenList), str(fmt.Sprintf("%015d", s.Until))
	i[Schema.TTL] = expiry(s.Until.Time())
	put := &types.Put{TableName: &t.Name, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk)")}
	if s.Shown != nil {
		put.ConditionExpression = aws.String("attribute_exists(pk) AND attribute_not_exists(shown)")
	}
	return put, nil
}

// Hidden reads a secret.
func (t *Sessions) Hidden(ctx context.Context, id string, seq int64) (session.Secret, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Name, Key: key(sessionKey(id), secretKey(seq)), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return session.Secret{}, fmt.Errorf("read a secret: %w", translate(err))
	}
	if out.Item == nil || t.expired(out.Item) {
		return session.Secret{}, nil
	}
	var s secret
	if err := decode(out.Item, &s); err != nil {
		return session.Secret{}, err
	}
	hidden := session.Secret{Seq: s.Seq, By: s.By, Until: s.Until, Shown: s.Shown, Reveal: s.Reveal}
	hidden.Text, err = t.unseal(ctx, id, s)
	return hidden, err
}

// Destroy deletes every secret of a session.
func (t *Sessions) Destroy(ctx context.Context, id string) error {
	_, err := t.destroy(ctx, prefixed(sessionKey(id), "secret#"))
	return err
}

// DestroyDue deletes the secrets of all sessions that are past their time.
func (t *Sessions) DestroyDue(ctx context.Context) (int, error) {
	return t.destroy(ctx, &dynamodb.QueryInput{
		IndexName:                &Schema.Index,
		KeyConditionExpression:   aws.String("#list = :list AND #at <= :now"),
		ExpressionAttributeNames: map[string]string{"#list": Schema.IndexPartitionKey, "#at": Schema.IndexSortKey},
		ExpressionAttributeValues: item{
			":list": str(hiddenList), ":now": str(fmt.Sprintf("%015d", protocol.At(t.Now()))),
		},
	})
}

// destroy deletes what a query finds, past its time or not.
func (t *Sessions) destroy(ctx context.Context, q *dynamodb.QueryInput) (int, error) {
	q.TableName = &t.Name
	count := 0
	for pages := dynamodb.NewQueryPaginator(t.Client, q); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return count, fmt.Errorf("find secrets: %w", translate(err))
		}
		for _, i := range page.Items {
			_, err := t.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.Name, Key: item{
				Schema.PartitionKey: i[Schema.PartitionKey], Schema.SortKey: i[Schema.SortKey],
			}})
			if err != nil {
				return count, fmt.Errorf("delete a secret: %w", translate(err))
			}
			count++
		}
	}
	return count, nil
}

var errNoKey = errors.New("this function has no key for secrets")

// aead is AES-256-GCM under a key derived from the secret outside the table
// (RFC 5869, RFC 5116).
func (t *Sessions) aead(ctx context.Context) (cipher.AEAD, error) {
	if t.Key == nil {
		return nil, errNoKey
	}
	material, err := t.Key(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the key for secrets: %w", err)
	}
	k, err := hkdf.Key(sha256.New, []byte(material), nil, "parley secret messages", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key for secrets: %w", err)
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		return nil, fmt.Errorf("use the key for secrets: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// placeOfSecret binds a sealed text to where it stands, so that it opens nowhere else.
func placeOfSecret(id string, seq int64) []byte { return []byte(sessionKey(id) + " " + secretKey(seq)) }

func (t *Sessions) seal(ctx context.Context, id string, s session.Secret) ([]byte, error) {
	a, err := t.aead(ctx)
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, []byte(s.Text), placeOfSecret(id, s.Seq)), nil
}

func (t *Sessions) unseal(ctx context.Context, id string, s secret) (string, error) {
	a, err := t.aead(ctx)
	if err != nil {
		return "", err
	}
	text, err := a.Open(nil, nil, s.Sealed, placeOfSecret(id, s.Seq))
	if err != nil {
		return "", fmt.Errorf("unseal a secret: %w", err)
	}
	return string(text), nil
}
