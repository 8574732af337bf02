import { Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { CheckedProps } from '../config/checked-props.ts';
import { letAlarmsUse } from '../encryption/key-policy.ts';

/**
 * The topic that notices and alarms are published to: the one that is given, or a new one. Each address subscribes to it.
 *
 * Alarms may publish to a topic of this app, and use its key; the policies of an imported one are not touched.
 */
export function noticeTopic(
  scope: Construct,
  { notifyEmail, notifyTopic, encryptionKey }: Pick<CheckedProps, 'notifyEmail' | 'notifyTopic' | 'encryptionKey'>,
): ITopic {
  const topic = notifyTopic ?? createTopic(scope, encryptionKey);
  // A policy replaces the one that SNS gives a topic, and with it the right that alarms have otherwise. The function
  // that writes e-mails needs no statement here: in the same account its role is enough.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  if (notifyTopic?.masterKey !== undefined) letAlarmsUse(notifyTopic.masterKey, scope);
  // Two cleanups may tell the same person by the same topic.
  const owner = notifyTopic === undefined ? topic : scope;
  for (const [index, endpoint] of notifyEmail.entries()) {
    new Subscription(owner, Token.isUnresolved(endpoint) ? `Address${index}` : endpoint, {
      topic,
      protocol: SubscriptionProtocol.EMAIL,
      endpoint,
    });
  }
  return topic;
}

/**
 * Over TLS only.
 *
 * Not encrypted by a KMS key, unless there is one of the customer's for everything: under the AWS managed one
 * (alias/aws/sns) CloudWatch could not publish, and alarms would be lost without a trace; one for this alone costs more than
 * everything else here, to protect counts without names.
 *
 * @see https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
 */
function createTopic(scope: Construct, masterKey: CheckedProps['encryptionKey']): Topic {
  return new Topic(scope, 'Topic', {
    displayName: 'WhatsApp thread cleanup',
    enforceSSL: true,
    ...(masterKey !== undefined && { masterKey }),
  });
}
