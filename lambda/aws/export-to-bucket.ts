import { type ExportRows, exportKey, packRows } from '../model/export-file.ts';
import { attemptsOf, sendToAws } from './request.ts';

/** An upload of a few hundred kB; S3 itself may take its time. */
const UPLOAD_TIMEOUT_MS = 60_000;

/**
 * Exports to a bucket; nothing there is ever overwritten.
 *
 * @returns what exports a batch. It throws JobError ExportFailed, and what is not exported is not cleared.
 */
export function exportToBucket(bucket: string, requestId: string): ExportRows {
  return async (rows) => {
    // Loaded when it is needed: the largest client by far, and most installations do not export.
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const key = exportKey(requestId);
    const request = {
      service: 'S3',
      endpoint: 'a gateway endpoint for s3',
      failure: `The batch cannot be exported to the bucket ${bucket}, so it is not cleared`,
      code: 'ExportFailed' as const,
      timeoutMs: UPLOAD_TIMEOUT_MS,
      reasons: {
        NoSuchBucket: 'there is no such bucket. Deploy again with -c export=true.',
        AccessDenied: 'access denied. The function needs s3:PutObject on exports/* in it.',
        PreconditionFailed: 'an object of that name already exists. Try again.',
      },
    };
    const object = {
      Bucket: bucket,
      Key: key,
      Body: await packRows(rows),
      ContentType: 'application/gzip',
      IfNoneMatch: '*',
    };
    await sendToAws(S3Client, request, async (client, options) => {
      await client.send(new PutObjectCommand(object), options).catch((error: unknown) => {
        if (!isOwnObject(error)) throw error;
      });
    });
    return `s3://${bucket}/${key}`;
  };
}

/** What S3 says of an object that is there, or that is being stored (AWS: "Conditional writes"). */
const ALREADY_THERE = ['PreconditionFailed', 'ConditionalRequestConflict'];

/** Whether the answer to an earlier attempt got lost: nobody else has the random name that the object bears. */
const isOwnObject = (error: unknown) =>
  error instanceof Error && ALREADY_THERE.includes(error.name) && attemptsOf(error) > 1;
