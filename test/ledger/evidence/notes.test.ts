import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import canonicalize from 'canonicalize';
import { verifyCommand } from '../../../src/ledger/cli/verify.ts';
import { openCheckpoint, ORIGIN, readPublicKey } from '../../../src/ledger/evidence/checkpoint.ts';
import { openNote, signNote, verifierKey } from '../../../src/ledger/evidence/note.ts';
import { openTestLedger, runCommand, temporaryDirectory } from '../storage.ts';
import { manipulate } from '../support.ts';
import { filledLedger } from './tampering.ts';

/** DER of an Ed25519 key before its 32 bytes (RFC 8410). */
const SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');

const publicKey = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([PUBLIC, raw]), format: 'der', type: 'spki' });
/** The key of `NAME+ID+BASE64`, whose first byte is the type. */
const keyOf = (verifier: string): KeyObject =>
  publicKey(Buffer.from(verifier.split(/\+(.*)\+/s).at(-1) ?? '', 'base64').subarray(1));

describe('signed notes, as other tools read and write them', () => {
  // The example in the documentation of golang.org/x/mod/sumdb/note, and the one in c2sp.org/signed-note.
  const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const signature =
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
  const spec =
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

  test('the key of the reference implementation signs its note byte for byte', () => {
    const key = createPrivateKey({ key: Buffer.concat([SEED, seed]), format: 'der', type: 'pkcs8' });
    const open = createPublicKey(key);
    assert.equal(verifierKey('PeterNeumann', open), peter);
    assert.equal(signNote(text, 'PeterNeumann', key, open), `${text}\n${signature}`);
  });

  test('notes of others are opened, also beside signatures of witnesses, and not when they were changed', () => {
    const key = keyOf('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    assert.equal(openNote(spec, 'example.com/foo', key), 'This is an example message.\n');
    const enoch =
      '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
    for (const lines of [signature + enoch, enoch + signature]) {
      assert.equal(openNote(`${text}\n${lines}`, 'PeterNeumann', keyOf(peter)), text);
    }
    const open = (note: string) => openNote(note, 'PeterNeumann', keyOf(peter));
    assert.throws(() => open(`${text}.\n\n${signature}`), /signature is wrong/);
    assert.throws(() => open(spec), /another key/);
    assert.throws(() => open(`${text}\n${enoch}`), /another key/);
    for (const broken of [
      text,
      `${text}\n`,
      `${text}${signature}`,
      `${text}\n${signature.trim()}`,
      `${text}\nx\n`,
    ]) {
      assert.throws(() => open(broken), /signed note|another key/, JSON.stringify(broken));
    }
  });
});

test('a checkpoint is a tlog-checkpoint: origin, size, hash, then lines of its own', async (t) => {
  const { checkpointDir, checkpointKeyFile } = await filledLedger(await temporaryDirectory(t), 6, 1);
  const [name = ''] = (await readdir(checkpointDir)).sort();
  const note = await readFile(join(checkpointDir, name), 'utf8');
  const [origin, size, hash, ...lines] = openNote(note, ORIGIN, await readPublicKey(checkpointKeyFile)).split(
    '\n',
  );
  assert.deepEqual([origin, size], [ORIGIN, '1']);
  assert.equal(hash, createHash('sha256').update(lines.join('\n')).digest('base64'));
});

test('checkpoints in the JSON of before are read, found changed, and go before those that are numbered', async (t) => {
  const ledger = await filledLedger(await temporaryDirectory(t), 12, 1);
  const { checkpointDir, checkpointKeyFile } = ledger;
  const pem = await readFile(checkpointKeyFile);
  const key = createPublicKey(pem);
  const names = (await readdir(checkpointDir)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(checkpointDir, name), 'utf8')));
  const newest = openCheckpoint(texts.at(-1) ?? '', key);
  const heads = newest.heads.map(({ chain, sequence, hash, ended }) => ({ chain, sequence, hash, ended }));
  const old = join(checkpointDir, `checkpoint-${newest.at.replaceAll(':', '-')}.json`);
  const write = async (changed: typeof heads, forge = (text: string) => text) => {
    const checkpoint = { at: newest.at, heads: changed, archived: [] };
    const key_id = createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('hex')
      .slice(0, 16);
    const signature = sign(null, Buffer.from(canonicalize(checkpoint) ?? ''), createPrivateKey(pem)).toString(
      'base64',
    );
    await writeFile(old, forge(JSON.stringify({ checkpoint, key_id, signature })));
  };
  const verify = () => runCommand(verifyCommand, [], ledger);

  for (const name of names) await rm(join(checkpointDir, name));
  await write(heads);
  const alone = await verify();
  assert.equal(alone.code, 0, alone.text);
  // The first note after an update follows it.
  const updated = await openTestLedger(ledger);
  await manipulate(updated);
  await updated.close();
  const both = await verify();
  assert.equal(both.code, 0, both.text);
  assert.match(both.text, /3 checkpoints/);
  await writeFile(old, `${await readFile(old, 'utf8')} `);
  assert.match((await verify()).text, /it does not follow the checkpoint before it/);

  for (const name of await readdir(checkpointDir)) await rm(join(checkpointDir, name));
  await write(heads.map((head) => ({ ...head, hash: '0'.repeat(64) })));
  assert.equal((await verify()).code, 1);
  await write(heads, (text) => text.replace('"sequence":', '"sequence":1'));
  const forged = await verify();
  assert.equal(forged.code, 2);
  assert.match(forged.text, /its signature is wrong/);
});
