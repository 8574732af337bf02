import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, DatabaseSecret } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { ThreadCleanup } from 'whatsapp-thread-cleanup';

/** A VPC with a PostgreSQL instance, and the cleanup in it. */
export class InstanceStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc');
    const secret = new DatabaseSecret(this, 'Secret', { username: 'assistant', dbname: 'whatsapp' });
    const database = new DatabaseInstance(this, 'Database', {
      vpc,
      engine: DatabaseInstanceEngine.POSTGRES,
      credentials: Credentials.fromSecret(secret),
      databaseName: 'whatsapp',
    });

    const cleanup = new ThreadCleanup(this, 'Cleanup', {
      databaseSecret: secret,
      vpc,
      notifyEmail: ['ops@example.com'],
      // Remove this line once the assistant has created its table.
      verifyOnDeploy: false,
    });
    cleanup.connections.allowToDefaultPort(database);
  }
}
