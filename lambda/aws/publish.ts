import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { sendToAws } from './request.ts';

/**
 * Publishes an e-mail to an SNS topic.
 *
 * @throws JobError NoticeFailed
 */
export async function publish(
  topicArn: string,
  { subject, text }: { readonly subject: string; readonly text: string },
): Promise<void> {
  const request = {
    service: 'SNS',
    endpoint: 'an interface endpoint for sns',
    failure: `The notice cannot be published to ${topicArn}`,
    code: 'NoticeFailed' as const,
    reasons: {
      AuthorizationErrorException: 'access denied. The function needs sns:Publish on that topic.',
      NotFoundException: 'there is no such topic. Deploy again.',
    },
  };
  const message = { TopicArn: topicArn, Subject: subject, Message: text };
  await sendToAws(SNSClient, request, (client, options) => client.send(new PublishCommand(message), options));
}
